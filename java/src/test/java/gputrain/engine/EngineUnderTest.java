package gputrain.engine;

/** What the parts of the contract suite share: the engine, and the precision that it is tried in. */
interface EngineUnderTest {
    Engine engine();

    Precision precision();
}
