import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs the test classes named as arguments and prints a summary; exit status 1 unless tests ran and none failed. */
final class ContractSuite {
    private ContractSuite() {}

    public static void main(String[] names) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String name : names) {
            request.selectors(selectClass(name));
        }
        LauncherDiscoveryRequest tests = request.build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(tests, listener);
        PrintWriter out = new PrintWriter(System.out, true);
        listener.getSummary().printFailuresTo(out, 5);
        listener.getSummary().printTo(out);
        long ran = listener.getSummary().getTestsSucceededCount();
        System.exit(ran > 0 && listener.getSummary().getTotalFailureCount() == 0 ? 0 : 1);
    }
}
