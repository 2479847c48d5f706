// Everything that a key can do. Views bring their commands and take them away; the `?` sheet lists them.
import { onMount } from 'svelte';
import { matchKeyBindingPress, parseKeybinding } from 'tinykeys';

export interface Command {
  /** In words, as the `?` sheet and the palette show it. */
  title: string;
  group: 'Anywhere' | 'Project' | 'Lists' | 'Checkpoints' | 'Judging' | 'Runs' | 'Taking out';
  /** In tinykeys' spelling, the first one shown: "j", "Shift+?", "$mod+z". None: by palette only. */
  keys: string[];
  run(): void;
}

class Commands {
  #sets = $state.raw<readonly Command[][]>([]);

  /** Of all views on screen; the innermost view last. */
  readonly list = $derived(this.#sets.flat());

  add(set: Command[]): () => void {
    this.#sets = [...this.#sets, set];
    return () => (this.#sets = this.#sets.filter((other) => other !== set));
  }
}

export const commands = new Commands();

/** Offers commands for as long as the calling component is on screen. */
export function useCommands(set: Command[]): void {
  onMount(() => commands.add(set));
}

/** Keys that controls and text fields need for themselves. */
const isNavigation = (key: string): boolean =>
  /^(Arrow.*|Enter| |Home|End|PageUp|PageDown|Tab)$/.test(key);
const textField =
  'textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=range])';
const control = 'button, a[href], summary, input, [role^=menu], [role=option]';

function belongsToTarget(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest('[role=dialog], [role=alertdialog], [role=menu]')) return true;
  const withModifier = event.ctrlKey || event.metaKey;
  if (target.closest(textField) && !/^F\d+$/.test(event.key))
    return !withModifier || /^[zyacvx]$/i.test(event.key);
  return isNavigation(event.key) && target.closest(control) !== null;
}

/** Runs the command of a key; the innermost view's comes first. */
export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || belongsToTarget(event)) return;
  const command = commands.list.findLast(({ keys }) =>
    keys.some((key) => parseKeybinding(key).some((press) => matchKeyBindingPress(event, press))),
  );
  if (!command) return;
  event.preventDefault();
  command.run();
}

const names: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  $mod: navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl',
};
/** The caps of a key binding: "$mod+z" → ["Ctrl", "Z"], "Shift+?" → ["?"]. */
export function keyCaps(binding: string): string[] {
  const parts = binding.split('+');
  // A sign typed with Shift is named by itself.
  const shown = parts.at(-1)?.length === 1 && !/[a-z]/i.test(parts.at(-1) ?? '') ? parts.filter((part) => part !== 'Shift') : parts; // prettier-ignore
  return shown.map(
    (part) => names[part] ?? (parts.length > 1 && part.length === 1 ? part.toUpperCase() : part),
  );
}
