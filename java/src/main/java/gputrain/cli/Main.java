package gputrain.cli;

/** Entry point of {@code gpu-train.jar}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("gpu-train");
    }
}
