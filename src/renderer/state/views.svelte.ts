// Views: the address of what is on screen, going to one, and those that a person named.
import { untrack } from 'svelte';
import { z } from 'zod';
import { labApi } from '../../shared/api.ts';
import { call, on } from '../client.ts';
import { addressText, parseAddress } from './address.ts';
import { look } from './look.svelte.ts';
import { setSettingsOf, settingsOf } from './memory.svelte.ts';
import { attempt, notices } from './notices.svelte.ts';
import { pairListOf } from './pair-list.svelte.ts';
import { project } from './project.svelte.ts';
import { Resource } from './resource.svelte.ts';
import { route } from './route.svelte.ts';

/** The address of what is on screen: place, selection, checkpoint, order and filters. */
export function addressHere(): string {
  const place = route.here;
  const { runId, suiteId, profile } = look.where;
  const view: Record<string, string> = {
    ...(project.info && { project: project.info.name }),
    ...(runId !== undefined && { run: String(runId) }),
    ...(suiteId !== undefined && { suite: String(suiteId) }),
    ...(profile !== undefined && { profile }),
    ...(look.step !== null && { step: String(look.step) }),
    ...settingsOf('look'),
    ...settingsOf(place.page),
  };
  if (place.page === 'class') {
    const { sort, outcome, text } = pairListOf(place.classId);
    Object.assign(view, { sort, outcome, ...(text && { text }) });
  }
  return addressText({ place, view });
}

/** Goes to an address; says so where it is none, or of another project. */
export function openAddress(text: string): void {
  const address = parseAddress(text);
  if (!address) return notices.failed('This is not an address of Gardenpath’s, or not a whole one.', text); // prettier-ignore
  const { project: name, run, suite, profile, step, ...settings } = address.view;
  if (name !== undefined && name !== project.info?.name)
    return notices.failed(`This address is of the project “${name}”. Open that project, then the address.`); // prettier-ignore
  const [runId, suiteId, at] = [run, suite, step].map((each) => /^\d{1,12}$/.test(each ?? '') ? Number(each) : undefined); // prettier-ignore
  if (runId)
    look.choose({ runId, ...(suiteId && { suiteId }), ...(profile !== undefined && { profile }) });
  look.step = at ?? null;
  setSettingsOf('look', settings);
  setSettingsOf(address.place.page, settings);
  if (address.place.page === 'class') {
    const list = pairListOf(address.place.classId);
    Object.assign(list, PairOrder.parse(settings));
  }
  route.go(address.place);
}

const { sort, outcome, text } = labApi['pairs.page'].params.shape;
/** The order and filter of a list of pairs; what its contract does not know is left at first. */
const PairOrder = z.object({ sort: sort.catch('delta'), outcome: outcome.catch('all'), text: text.catch('') }); // prettier-ignore

class SavedViews {
  readonly #stored = new Resource(() => (project.session ? call('views.list') : null));
  /** By name. */
  get list() {
    return this.#stored.value ?? [];
  }

  async save(name: string): Promise<void> {
    if (!(await attempt(call('views.save', { name, address: addressHere() })))) return;
    notices.say(`Saved as “${name}”; the palette finds it`);
    this.#stored.reload();
  }

  async delete(id: number): Promise<void> {
    await attempt(call('views.delete', { id }));
    this.#stored.reload();
  }
}

let instance: SavedViews;
/** An address from outside waits until a project is open. */
let waiting = $state.raw<string | null>(null);
$effect.root(() => {
  instance = new SavedViews();
  const take = async (): Promise<void> => {
    waiting = (await attempt(call('shell.takeAddress'))) ?? waiting;
  };
  void take();
  on('address.came', () => void take());
  $effect(() => {
    if (!project.session || waiting === null) return;
    const address = waiting;
    waiting = null;
    untrack(() => openAddress(address));
  });
});
export const savedViews = instance!;

export async function copyAddress(): Promise<void> {
  const text = addressHere();
  if ((await attempt(call('shell.copyText', { text }))) !== undefined)
    notices.say('The address of this view is on the clipboard');
}
