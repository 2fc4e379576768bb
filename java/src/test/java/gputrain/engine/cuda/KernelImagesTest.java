package gputrain.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelImagesTest {
    @TempDir
    Path directory;

    private @Nullable String before;

    @BeforeEach
    void useTheDirectory() throws IOException {
        before = System.setProperty(KernelImages.PROPERTY, directory.toString());
        Files.writeString(directory.resolve("core.ptx"), "ptx");
        Files.writeString(directory.resolve("core.sm_80.cubin"), "code of 8.0");
        Files.writeString(directory.resolve("core.sm_89.cubin"), "code of 8.9");
        Files.writeString(directory.resolve("core.sm_90.cubin"), "code of 9.0");
    }

    @AfterEach
    void useWhatWasUsed() {
        if (before == null) {
            System.clearProperty(KernelImages.PROPERTY);
        } else {
            System.setProperty(KernelImages.PROPERTY, before);
        }
    }

    /** A GPU runs the code of its generation's earlier ones, never that of later ones or of another generation. */
    @Test
    void machineCodeIsThatOfTheGpuOrOfAnEarlierOneOfItsGeneration() {
        assertThat(code(80)).isEqualTo("code of 8.0");
        assertThat(code(86)).isEqualTo("code of 8.0");
        assertThat(code(89)).isEqualTo("code of 8.9");
        assertThat(code(90)).isEqualTo("code of 9.0");
        assertThat(code(100)).isNull();
        assertThat(code(121)).isNull();
    }

    @Test
    void thePtxEndsAsTheDriverWantsIt() {
        assertThat(KernelImages.ptx("core")).isEqualTo("ptx\0".getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String code(int computeCapability) {
        byte[] bytes = KernelImages.machineCode("core", computeCapability);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
