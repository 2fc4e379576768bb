package gputrain.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** Version and commit that the program was built from. */
final class BuildInfo implements IVersionProvider {
    private static final Properties PROPERTIES = load();

    @Override
    public String[] getVersion() {
        return new String[] {
            "gpu-train " + version() + " (commit " + commit() + ")",
            "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch")
        };
    }

    static String version() {
        return PROPERTIES.getProperty("version", "unknown");
    }

    static String commit() {
        return PROPERTIES.getProperty("commit", "unknown");
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (@Nullable InputStream stream = BuildInfo.class.getResourceAsStream("/gputrain/build.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
