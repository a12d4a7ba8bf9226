package baton.sessions;

import java.io.IOException;

/** The store did not do what it was asked for, or nobody knows whether it did. */
final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
