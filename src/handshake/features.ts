/**
 * The features that a client can name in its handshake.
 *
 * @module
 */

/**
 * Names the additions of this project. Only a connection whose handshake carries it in `features`
 * is sent broadcasts, and values of known fields, that protocol v2 doesn't have.
 */
export const FEATURE = "notebookd/1";
