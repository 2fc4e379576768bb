package gputrain.data;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/** Cuts a file into lines; CR, LF and CRLF all end one, because published tables use each of them. */
final class TextLines {

    private TextLines() {}

    /** Lines without their ends; line n of the file is element n - 1, and a final line end adds no empty line. */
    static List<String> of(byte[] bytes, Charset charset) {
        String text = new String(bytes, charset);
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** Index of the last line that is not blank, or -1. */
    static int lastFilled(List<String> lines) {
        int last = lines.size() - 1;
        while (last >= 0 && lines.get(last).isBlank()) {
            last--;
        }
        return last;
    }
}
