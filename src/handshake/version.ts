/**
 * The version of the protocol, and what is refused for its sake.
 *
 * @module
 */

/**
 * The protocol that this build speaks. There is no negotiation: a client that names another one is
 * refused with this one's name, one that names none is taken for a client of this one.
 */
export const PROTOCOL = "v2";
