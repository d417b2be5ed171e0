/** Rejections of this part, with what to do next. */
export const INDUSTRY_HINTS = {} as const
