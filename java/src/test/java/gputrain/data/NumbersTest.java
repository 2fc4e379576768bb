package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private static final String DECIMAL = "[+-]?(\\d{1,15}(\\.\\d{0,15})?|\\.\\d{1,15})";
    private static final String CHARACTERS = "0123456789+-.. 9e\u0661";

    @Test
    void decimalsAndCountsAreThoseOfTheirGrammars() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            requireSame(text.toString());
        }
        for (int digits : new int[] {1, 3, 4, 15, 16}) {
            String many = "7".repeat(digits);
            for (String text : new String[] {many, "-" + many, many + ".", many + ".5", "." + many, "1." + many}) {
                requireSame(text);
            }
        }
    }

    private static void requireSame(String text) {
        assertThat(Numbers.isDecimal(text)).as(text).isEqualTo(text.matches(DECIMAL));
        assertThat(Numbers.isCount(text)).as(text).isEqualTo(text.matches("\\d{1,3}"));
    }
}
