package gputrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Runs a command line in this process. */
final class Cli {

    /** What a command line said and how it ended. */
    record Outcome(int code, String out, String err) {

        JsonNode json() throws IOException {
            assertThat(code).as(err).isZero();
            return new ObjectMapper().readTree(out);
        }

        /** Ended with a code and one line that a person can act on. */
        void refused(int expected, String... words) {
            assertThat(code).as(err).isEqualTo(expected);
            assertThat(err).contains(words).doesNotContain("\tat ").doesNotContain("this is a bug");
        }
    }

    private Cli() {}

    static Outcome run(Object... args) {
        List<String> texts = new ArrayList<>();
        for (Object arg : args) {
            texts.add(arg.toString());
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(texts.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Outcome(code, out.toString(), err.toString());
    }
}
