/** Rejections of this part, with what to do next. */
export const SOCIETY_HINTS = {} as const
