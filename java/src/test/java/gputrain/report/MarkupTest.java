package gputrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkupTest {

    @Test
    void escapesContentAndAttributes() {
        String markup = new Markup()
                .open("p", "title", "a \"b\" & <c>")
                .text("x < y && 'z' > \"w\"")
                .close()
                .finish();

        assertThat(markup)
                .isEqualTo("<p title=\"a &quot;b&quot; &amp; &lt;c&gt;\">"
                        + "x &lt; y &amp;&amp; &#39;z&#39; &gt; &quot;w&quot;</p>");
    }

    @Test
    void replacesCharactersThatXmlCannotHold() {
        assertThat(Markup.escape("a\u0000b\u001bc\uffffd\te")).isEqualTo("a\ufffdb\ufffdc\ufffdd\te");
        assertThat(Markup.escape("lone \ud800 surrogate")).isEqualTo("lone \ufffd surrogate");
        assertThat(Markup.escape("𝛽 stays")).isEqualTo("𝛽 stays");
    }

    @Test
    void leavesOutAttributesWithoutValue() {
        assertThat(new Markup().empty("br", "class", null).finish()).isEqualTo("<br/>");
    }

    @Test
    void anOpenElementIsAnError() {
        Markup markup = new Markup().open("div").open("p").close();

        assertThatThrownBy(markup::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("div");
    }
}
