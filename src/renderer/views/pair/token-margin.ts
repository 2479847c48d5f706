/** Left margin of the pair page's charts (px): wide enough for a token's text. */
export const tokenMargin = 92;
