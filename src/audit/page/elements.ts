/** An element with attributes and children; text is only ever text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Readonly<Record<string, string>>, ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, label)
  made.addEventListener('click', onClick)
  return made
}

export function fileInput(accept: string): HTMLInputElement {
  return element('input', { type: 'file', accept })
}

/** A control with its label and, unless null, a hint. */
export function field(label: string, hint: string | null, control: HTMLElement): HTMLLabelElement {
  return element('label', {}, label, ...(hint === null ? [] : [element('small', {}, hint)]), control)
}

/** Rows of a description list. */
export function row(term: string, ...values: readonly (Node | string)[]): readonly HTMLElement[] {
  return [element('dt', {}, term), element('dd', {}, ...values)]
}

export function list(points: readonly string[], mark: string): HTMLElement {
  return element('ul', {}, ...points.map((point) => element('li', { 'data-mark': mark }, point)))
}

/** A heading with what stands under it; nothing where that is nothing. */
export function part(title: string, points: readonly string[], mark: string): readonly HTMLElement[] {
  return points.length === 0 ? [] : [element('h3', {}, title), list(points, mark)]
}
