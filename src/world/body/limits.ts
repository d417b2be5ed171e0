/** Bounds of what one record can hold, whatever the params say. */
export const MAX_SLOTS = 32
export const MAX_SURVEYS = 256
export const MAX_ACCESS_GRANTS = 64
