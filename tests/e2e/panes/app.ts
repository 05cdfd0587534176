// The page as a whole, and the way to its panes.
import type { Locator, Page } from 'playwright-core';
import { encodeLink } from '../../../web/share/link.ts';
import type { Project } from '../../../web/protocol/project.ts';
import { isFirefox } from '../harness/browser.ts';
import { CallForm } from './call-form.ts';
import { CallStack } from './call-stack.ts';
import { Canvas, Console, ScreenKeys, Trace } from './output.ts';
import { Controls } from './controls.ts';
import { Editor } from './editor.ts';
import { Exceptions } from './exceptions.ts';
import { Files } from './files.ts';
import { Gas } from './gas.ts';
import { Heap } from './heap.ts';
import { Memory } from './memory.ts';
import { Script } from './script.ts';
import { ValuesPane } from './values.ts';

declare global {
  interface Window {
    /** Resolves when nothing is under way: no load, no check, no run, nothing to be saved. */
    waspnestIdle(): Promise<void>;
  }
}

export class App {
  readonly controls: Controls;
  readonly form: CallForm;
  readonly editor: Editor;
  readonly files: Files;
  readonly calls: CallStack;
  readonly exceptions: Exceptions;
  readonly stack: ValuesPane;
  readonly locals: ValuesPane;
  readonly globals: ValuesPane;
  readonly tables: ValuesPane;
  readonly memory: Memory;
  readonly heap: Heap;
  readonly gas: Gas;
  readonly console: Console;
  readonly canvas: Canvas;
  readonly keys: ScreenKeys;
  readonly trace: Trace;
  readonly script: Script;

  constructor(readonly page: Page) {
    this.controls = new Controls(this);
    this.form = new CallForm(this);
    this.editor = new Editor(this);
    this.files = new Files(this);
    this.calls = new CallStack(this);
    this.exceptions = new Exceptions(this);
    this.stack = new ValuesPane(this, 'Operand stack');
    this.locals = new ValuesPane(this, 'Locals');
    this.globals = new ValuesPane(this, 'Globals');
    this.tables = new ValuesPane(this, 'Tables');
    this.memory = new Memory(this);
    this.heap = new Heap(this);
    this.gas = new Gas(this);
    this.console = new Console(this);
    this.canvas = new Canvas(this);
    this.keys = new ScreenKeys(this);
    this.trace = new Trace(this);
    this.script = new Script(this);
  }

  /** Until the first module is assembled or said to be broken. */
  async ready(): Promise<void> {
    await this.controls.badge().waitFor();
    await this.idle();
  }

  /** Until nothing is under way any more. */
  async idle(): Promise<void> {
    await this.page.evaluate(() => window.waspnestIdle());
  }

  /** Opens a project as its link does; host code of it still waits for a click. */
  async load(project: Project): Promise<void> {
    await this.loadLink(await encodeLink(project));
  }

  /** In the page that is open; it takes the fragment out of its address when it has read it. */
  async loadLink(fragment: string): Promise<void> {
    await this.page.evaluate((next) => {
      window.location.hash = next;
    }, fragment);
    await this.page.waitForFunction(() => window.location.hash === '');
    await this.idle();
  }

  /** A pane by its visible name. */
  pane(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return typeof name === 'string' ? this.page.getByRole('button', { name, exact: true }) : this.page.getByRole('button', { name });
  }

  dialog(name?: string): Locator {
    return name === undefined ? this.page.getByRole('dialog') : this.page.getByRole('dialog', { name });
  }

  /** Keys as a visitor types them, such as `F10` or `Shift+F11`; waits until the page has answered each. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.idle();
    }
  }

  /**
   * Puts text into what has the focus, in place of what is chosen there, at once: not key by key, at which the editor
   * would indent and close brackets.
   */
  async insertText(text: string): Promise<void> {
    if (!isFirefox) return this.page.keyboard.insertText(text);
    // Firefox's protocol can only press keys; a paste puts in the same.
    if (text === '') return this.page.keyboard.press('Delete');
    return this.page.evaluate((pasted) => {
      // The first two are Firefox's own: what the event carries.
      const init = { dataType: 'text/plain', data: pasted, bubbles: true, cancelable: true };
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', init));
    }, text);
  }

  /** The name by which a screen reader knows what has the focus. */
  async focused(): Promise<string> {
    return this.page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? '';
    });
  }
}
