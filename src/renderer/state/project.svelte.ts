// The open project and what lies in it: corpora, suites, tokenizers; the engine that runs it all.
import type { ProjectInfo } from '../../shared/domain.ts';
import { call, on } from '../client.ts';
import { forgetPages, setting } from './memory.svelte.ts';
import { attempt, notices } from './notices.svelte.ts';
import { Resource } from './resource.svelte.ts';
import { route } from './route.svelte.ts';

class Project {
  /** undefined: not known yet; null: none is open. */
  info = $state.raw<ProjectInfo | null>();
  /** Another number for every project opened; 0: none is. What depends on it is asked anew then, and
   *  not when a judgement changes what can be undone. */
  session = $state(0);
  #sessions = 0;
  /** The lab died; when it comes back with the same project, one stays where one is. */
  #returning = false;
  readonly #last = setting<string>('project', '');
  readonly engine = new Resource(() => call('engine.info'));
  readonly presets = new Resource(() => call('presets.list'));
  readonly corpora = new Resource(() => (this.session ? call('corpora.list') : null));
  readonly suites = new Resource(() => (this.session ? call('suites.list') : null));
  readonly tokenizers = new Resource(() => (this.session ? call('tokenizers.list') : null));

  constructor() {
    on('project.changed', (info) => this.#set(info));
    on('lab.died', ({ restarting }) => (this.#returning = restarting));
    on('library.changed', () => {
      this.corpora.reload();
      this.suites.reload();
      this.tokenizers.reload();
    });
    on('annotations.changed', (state) => {
      if (this.info) this.info = { ...this.info, ...state };
    });
    void attempt(call('project.info')).then((info) => this.#set(info ?? null));
  }

  /** What configurations name by id. */
  get named() {
    return {
      corpora: this.corpora.value ?? [],
      tokenizers: this.tokenizers.value ?? [],
      suites: this.suites.value ?? [],
    };
  }

  get readOnly(): boolean {
    return this.info?.readOnly ?? false;
  }

  #set(info: ProjectInfo | null): void {
    const returned = this.#returning && info !== null && info.name === this.info?.name;
    this.#returning = false;
    this.info = info;
    this.session = info ? ++this.#sessions : 0;
    if (returned) return;
    // What one filtered by elsewhere would hide things here.
    if (info && info.name !== this.#last.value) {
      this.#last.value = info.name;
      setting('atlas.filter', '').value = '';
    }
    forgetPages();
    route.reset({ page: 'atlas' });
  }

  async undo(): Promise<void> {
    const answer = await attempt(call('annotations.undo'));
    if (answer) notices.say(answer.undone ? `Undone: ${answer.undone}` : 'Nothing to undo');
  }

  async redo(): Promise<void> {
    const answer = await attempt(call('annotations.redo'));
    if (answer) notices.say(answer.redone ? `Done again: ${answer.redone}` : 'Nothing to do again');
  }
}

let instance: Project;
// The window's whole life: nothing ever stops these effects.
$effect.root(() => {
  instance = new Project();
});
export const project = instance!;
