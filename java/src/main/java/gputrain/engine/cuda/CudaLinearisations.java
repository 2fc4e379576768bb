package gputrain.engine.cuda;

import gputrain.engine.DataSet;
import gputrain.engine.EngineException;
import gputrain.engine.Linearisation;
import gputrain.model.Network;
import gputrain.model.ParameterGroups;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Makes linearisations on GPUs. Each replica under way has memory of its own, so that the threads of their loops need not
 * wait for each other, but all kernels of a GPU run one after another: a factorisation has blocks for the whole of it.
 */
final class CudaLinearisations implements Linearisation.Source {
    /** Which system is solved, and how the derivatives are kept. */
    enum Form {
        PRIMAL,
        DUAL,
        /** Dual, with derivatives that are outer products. */
        FACTORS;

        /** The one with the fewest operations. */
        static Form of(LinearisedNetwork network, int rows, ParameterGroups groups) {
            double n = groups.trained().length;
            double m = (double) rows * network.network().outputs();
            boolean factors = !network.factors().isEmpty()
                    && network.factors().stream().allMatch(factor -> factor.group(groups) >= 0);
            double product = factors ? network.depth() : n;
            return n * n * (m + n / 3) < m * m * (product + m / 3) ? PRIMAL : factors ? FACTORS : DUAL;
        }
    }

    private final int[] devices;
    private final List<LinearisationMemory> all = new ArrayList<>();
    private final Deque<LinearisationMemory> idle = new ArrayDeque<>();
    private boolean closed;

    CudaLinearisations(List<Integer> devices) {
        this.devices = devices.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public Linearisation open(Network network, DataSet data, int[] rows, ParameterGroups groups) {
        LinearisedNetwork linearised = new LinearisedNetwork(network);
        Form form = Form.of(linearised, rows.length, groups);
        requireStorable(network, rows.length, groups, form);
        return open(linearised, data, rows, groups, form);
    }

    Linearisation open(LinearisedNetwork network, DataSet data, int[] rows, ParameterGroups groups, Form form) {
        LinearisationMemory memory = take();
        try {
            return new CudaLinearisation(this, memory, network, data, rows, groups, form);
        } catch (RuntimeException | Error e) {
            give(memory);
            throw e;
        }
    }

    @Override
    public String method(Network network, int rows) {
        ParameterGroups groups = ParameterGroups.one(network);
        Form form = Form.of(new LinearisedNetwork(network), rows, groups);
        requireStorable(network, rows, groups, form);
        return "float64 on GPU " + devices[0]
                + switch (form) {
                    case PRIMAL -> ", one equation for each parameter";
                    case DUAL -> ", one equation for each output of each row";
                    case FACTORS -> ", one equation for each output of each row, derivatives by layers";
                };
    }

    /** The CPU engines' bound: a plan that runs here goes on there. */
    private static void requireStorable(Network network, int rows, ParameterGroups groups, Form form) {
        long m = (long) rows * network.outputs();
        long n = groups.trained().length;
        long side = form == Form.PRIMAL ? n : m;
        requireStorable(side, side);
        if (form != Form.FACTORS) {
            requireStorable(m, n);
        }
    }

    private static void requireStorable(long height, long width) {
        if (height * width > Integer.MAX_VALUE - 8) {
            throw new EngineException("second-order training needs a matrix of " + height + " by " + width
                    + ", more than an array takes: fewer rows or parameters, or a first-order optimiser");
        }
    }

    private synchronized LinearisationMemory take() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
        LinearisationMemory memory = idle.poll();
        if (memory == null) {
            memory = new LinearisationMemory(devices[all.size() % devices.length]);
            all.add(memory);
        }
        return memory;
    }

    synchronized void give(LinearisationMemory memory) {
        idle.add(memory);
    }

    @Override
    public synchronized void close() {
        closed = true;
        all.forEach(LinearisationMemory::close);
        all.clear();
        idle.clear();
    }
}
