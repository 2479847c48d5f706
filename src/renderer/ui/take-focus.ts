/** Gives the keyboard to a list that has come, unless a person is already typing on its page. */
export function takeFocus(list: { focus: () => void } | undefined): void {
  const typing = document.activeElement?.matches('main :is(textarea, input:not([type=radio], [type=checkbox], [type=range]))'); // prettier-ignore
  if (!typing) list?.focus();
}
