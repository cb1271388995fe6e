/** A picture of this many is 400 MB while it is drawn. */
export const maxPixels = 100_000_000;
