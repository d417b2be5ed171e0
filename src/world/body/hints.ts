/** Rejections of this part, with what to do next. */
export const BODY_HINTS = {} as const
