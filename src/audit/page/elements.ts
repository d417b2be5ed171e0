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
