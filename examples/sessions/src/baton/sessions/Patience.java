package baton.sessions;

import java.io.IOException;

/** Tries again while a store changes hands: a request waits a little rather than fails. */
final class Patience {
    private static final int PAUSE_MILLISECONDS = 20;

    private Patience() {}

    interface Attempt<T> {
        T run() throws IOException;
    }

    /** An attempt may be made more than once: what it does must be the same if done twice. */
    static <T> T retry(String what, int milliseconds, Attempt<T> attempt) throws StoreException {
        long deadline = System.nanoTime() + milliseconds * 1_000_000L;
        while (true) {
            try {
                return attempt.run();
            } catch (IOException error) {
                if (System.nanoTime() > deadline) throw new StoreException(what + ": " + error.getMessage(), error);
            }
            try {
                Thread.sleep(PAUSE_MILLISECONDS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new StoreException(what + ": interrupted", stop);
            }
        }
    }
}
