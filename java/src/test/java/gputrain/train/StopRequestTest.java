package gputrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

/** The flag itself; what signals do with it is in {@link ProcessTest}. */
class StopRequestTest {
    @Test
    void onceRequestedItStaysSo() throws InterruptedException {
        try (StopRequest stop = new StopRequest()) {
            assertThat(stop.isRequested()).isFalse();
            Thread other = new Thread(stop::request);
            other.start();
            other.join();
            assertThat(stop.isRequested()).isTrue();
            stop.acknowledge();
            assertThat(stop.isRequested()).isTrue();
        }
    }

    @Test
    void signalsCanBeInstalledAgainAfterClosing() {
        assertThatCode(() -> {
                    StopRequest stop = StopRequest.onSignals();
                    stop.close();
                    stop.close();
                    StopRequest.onSignals().close();
                })
                .doesNotThrowAnyException();
    }
}
