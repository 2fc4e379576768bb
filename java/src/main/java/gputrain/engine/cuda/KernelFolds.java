package gputrain.engine.cuda;

import gputrain.engine.NotPositiveDefiniteException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUdeviceptr;

/**
 * Blocks of points left out on a GPU: with M the part of the inverse that belongs to a block, M^-1 v and the diagonal of
 * M^-1. Only those parts of the inverse are ever computed.
 */
final class KernelFolds {
    private final KernelModule module;
    private final Device device;
    private final KernelMatrix matrix;
    private final long most;
    private final List<CUdeviceptr> taken = new ArrayList<>();

    /** @param most doubles of the blocks' matrices that are in memory at a time, about */
    KernelFolds(KernelModule module, KernelMatrix matrix, long most) {
        this.module = module;
        this.device = module.device();
        this.matrix = matrix;
        this.most = most;
    }

    /**
     * Solves for every block.
     *
     * @param folds points of each block, ascending
     * @param shift u of the part g u u^T that is added to the inverse; empty when there is none
     * @param weight g
     * @param values v, {@code [rows]}
     * @param solutions gets M^-1 v, for points in a block
     * @param variances gets the diagonal of M^-1; empty when not wanted
     * @throws NotPositiveDefiniteException when a block's matrix cannot be factorised
     */
    void solve(
            List<int[]> folds, double[] shift, double weight, double[] values, double[] solutions, double[] variances) {
        for (int from = 0; from < folds.size(); ) {
            int to = from;
            long size = 0;
            while (to < folds.size() && (to == from || size + size(folds.get(to)) <= most)) {
                size += size(folds.get(to++));
            }
            try {
                solveSome(folds.subList(from, to), size, shift, weight, values, solutions, variances);
            } finally {
                taken.forEach(device::free);
                taken.clear();
            }
            from = to;
        }
    }

    private static long size(int[] fold) {
        long rows = (long) KernelModule.tiles(fold.length) * KernelModule.TILE;
        return rows * rows;
    }

    private void solveSome(
            List<int[]> folds,
            long size,
            double[] shift,
            double weight,
            double[] values,
            double[] solutions,
            double[] variances) {
        int count = folds.size();
        int[] places = places(folds);
        CUdeviceptr foldMemory = keep(device.upload(describe(folds, places)));
        CUdeviceptr workspace = keep(device.allocate(Sizeof.DOUBLE * size));
        gather(folds, foldMemory, shift, weight, workspace);

        double[] packed = new double[places[count]];
        for (int f = 0; f < count; f++) {
            int[] fold = folds.get(f);
            for (int i = 0; i < fold.length; i++) {
                packed[places[f] + i] = values[fold[i]];
            }
        }
        CUdeviceptr solved = keep(device.upload(packed));
        int[] status = new int[count];
        Arrays.fill(status, -1);
        CUdeviceptr statusMemory = keep(device.upload(status));
        boolean wanted = variances.length > 0;
        int largest = folds.stream()
                .mapToInt(fold -> KernelModule.tiles(fold.length))
                .max()
                .orElse(1);
        int members = Math.max(1, Math.min(module.capacity() / count, largest * (largest + 1) / 2));
        Launch launch = module.launch("leave_out")
                .argument(foldMemory)
                .argument(count)
                .argument(members)
                .argument(workspace);
        CUdeviceptr inverseDiagonal = solved;
        if (wanted) {
            inverseDiagonal = keep(device.allocate((long) Sizeof.DOUBLE * packed.length));
            launch.argument(keep(device.allocate(Sizeof.DOUBLE * size)))
                    .argument(solved)
                    .argument(inverseDiagonal);
        } else {
            launch.none().argument(solved).none();
        }
        launch.argument(statusMemory).argument(module.arrivals());
        module.together(launch, members * Math.min(count, module.capacity() / members));

        device.copyOut(Pointer.to(status), statusMemory, (long) Sizeof.INT * count);
        for (int f = 0; f < count; f++) {
            if (status[f] >= 0) {
                throw new NotPositiveDefiniteException(0, folds.get(f)[status[f]]);
            }
        }
        scatter(folds, places, solved, packed, solutions);
        if (wanted) {
            scatter(folds, places, inverseDiagonal, packed, variances);
        }
    }

    /** Where each block's vectors begin, and the end. */
    private static int[] places(List<int[]> folds) {
        int[] places = new int[folds.size() + 1];
        for (int f = 0; f < folds.size(); f++) {
            places[f + 1] = places[f] + KernelModule.tiles(folds.get(f).length) * KernelModule.TILE;
        }
        return places;
    }

    /** An array of gt_fold. */
    private static byte[] describe(List<int[]> folds, int[] places) {
        ByteBuffer bytes = ByteBuffer.allocate(24 * folds.size()).order(ByteOrder.nativeOrder());
        long offset = 0;
        int begin = 0;
        for (int f = 0; f < folds.size(); f++) {
            int[] fold = folds.get(f);
            bytes.putLong(offset);
            bytes.putInt(places[f]).putInt(begin).putInt(fold.length).putInt(KernelModule.tiles(fold.length));
            offset += size(fold);
            begin += fold.length;
        }
        return bytes.array();
    }

    private void gather(
            List<int[]> folds, CUdeviceptr foldMemory, double[] shift, double weight, CUdeviceptr workspace) {
        List<int[]> list = new ArrayList<>();
        for (int f = 0; f < folds.size(); f++) {
            int tiles = KernelModule.tiles(folds.get(f).length);
            for (int row = 0; row < tiles; row++) {
                for (int column = 0; column <= row; column++) {
                    list.add(new int[] {f, row, column});
                }
            }
        }
        int[] members = folds.stream().flatMapToInt(Arrays::stream).toArray();
        Launch launch = module.launch("gather")
                .argument(matrix.inverse())
                .argument((long) matrix.stride())
                .argument(matrix.tiles())
                .argument(foldMemory)
                .argument(keep(
                        device.upload(list.stream().flatMapToInt(Arrays::stream).toArray())))
                .argument(keep(device.upload(members)));
        if (shift.length > 0) {
            launch.argument(keep(device.upload(shift)));
        } else {
            launch.none();
        }
        module.apart(launch.argument(weight).argument(workspace), list.size());
    }

    private void scatter(List<int[]> folds, int[] places, CUdeviceptr from, double[] packed, double[] to) {
        device.copyOut(Pointer.to(packed), from, (long) Sizeof.DOUBLE * packed.length);
        for (int f = 0; f < folds.size(); f++) {
            int[] fold = folds.get(f);
            for (int i = 0; i < fold.length; i++) {
                to[fold[i]] = packed[places[f] + i];
            }
        }
    }

    private CUdeviceptr keep(CUdeviceptr memory) {
        taken.add(memory);
        return memory;
    }
}
