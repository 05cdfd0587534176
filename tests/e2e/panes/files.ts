// Files: the tabs of the project, opening and saving, sharing, examples.
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Locator } from 'playwright-core';
import { DOWNLOADS, isFirefox } from '../harness/browser.ts';
import { eventually } from '../harness/eventually.ts';
import type { App } from './app.ts';

export interface NamedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export class Files {
  constructor(private readonly app: App) {}

  /** What stands in the bar; on a phone some of it is in a menu. */
  private async fromBar(name: string): Promise<void> {
    const more = this.app.button('More');
    if (await more.isVisible()) await more.click();
    await this.app.button(name).click();
  }

  tabs(): Locator {
    return this.app.page.getByRole('tablist', { name: 'Files' }).getByRole('tab');
  }

  async tabNames(): Promise<readonly string[]> {
    return (await this.tabs().allInnerTexts()).map((text) => text.trim());
  }

  async openTab(name: string): Promise<void> {
    await this.app.page.getByRole('tablist', { name: 'Files' }).getByRole('tab', { name }).click();
    await this.app.idle();
  }

  title(): Locator {
    return this.app.page.getByLabel('Title of the project');
  }

  /** Through the file picker. */
  async open(...files: readonly NamedFile[]): Promise<void> {
    await this.fromBar('Open');
    await this.app
      .dialog('Open')
      .getByLabel('Choose files')
      .setInputFiles(files.map(({ name, content }) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })));
    await this.app.idle();
  }

  /** By dropping it on the page. */
  async drop({ name, content }: NamedFile): Promise<void> {
    const bytes = [...Buffer.from(content)];
    await this.app.page.evaluate(
      ([fileName, values]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(values)], fileName));
        for (const type of ['dragenter', 'dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
      },
      [name, bytes] as const,
    );
    await this.app.idle();
  }

  /** As a visitor pastes while no field has the focus. */
  async paste(text: string): Promise<void> {
    await this.app.page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
    await this.app.controls.badge().click();
    await this.app.press('Control+v');
  }

  /** Gives the module that is open another name, by keyboard. */
  async rename(to: string): Promise<void> {
    await this.app.button('Rename this module').click();
    await this.app.page.getByLabel(/^New name of/).fill(to);
    await this.app.press('Enter');
  }

  /** Through the picker of folders. */
  async openFolder(path: string): Promise<void> {
    await this.fromBar('Open');
    const field = this.app.dialog('Open').getByLabel('Choose a folder');
    if (isFirefox) await this.chooseFolderInFirefox(field, path);
    else await field.setInputFiles(path);
    await this.app.idle();
  }

  /** Firefox's protocol cannot choose folders: the field is given what it would have found in one. */
  private async chooseFolderInFirefox(field: Locator, path: string): Promise<void> {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map(async (file) => [relative(path, file), await readFile(file, 'utf8')] as const));
    await field.evaluate((input, list) => {
      const transfer = new DataTransfer();
      for (const [name, text] of list) {
        const file = new File([text], name.split('/').at(-1) ?? name);
        Object.defineProperty(file, 'webkitRelativePath', { value: `folder/${name}` });
        transfer.items.add(file);
      }
      Object.defineProperty(input, 'files', { value: transfer.files });
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }, texts);
  }

  async openExample(title: string): Promise<void> {
    await this.app.button('Examples').click();
    await this.app.dialog().getByRole('button', { name: new RegExp(`^${title}`) }).click();
    await this.app.idle();
  }

  /** The link that Share makes. */
  async share(): Promise<string> {
    await this.app.button('Share').click();
    const field = this.app.dialog('Share').getByLabel('Link to this project');
    await field.waitFor();
    await this.app.idle();
    const link = await field.inputValue();
    assert.match(link, /#1\./);
    return link;
  }

  async closeDialog(): Promise<void> {
    await this.app.page.keyboard.press('Escape');
    await this.app.dialog().waitFor({ state: 'hidden' });
  }

  /** The project file that Save makes. */
  async saveProject(): Promise<NamedFile> {
    await this.fromBar('Save');
    const file = await this.download(this.app.dialog('Save').getByRole('button', { name: 'Save project file' }));
    await this.closeDialog();
    return file;
  }

  /** A module as Save hands it out: `name` is `module.wat` or `module.wasm`. */
  async saveModule(name: string): Promise<NamedFile> {
    await this.fromBar('Save');
    const file = await this.download(this.app.dialog('Save').getByRole('button', { name: `Download ${name}` }));
    await this.closeDialog();
    return file;
  }

  /** Clicks a button that downloads; gives name and bytes. */
  async download(button: Locator): Promise<NamedFile> {
    if (isFirefox) return this.downloadInFirefox(button);
    const waiting = this.app.page.waitForEvent('download');
    await button.click();
    const download = await waiting;
    return { name: download.suggestedFilename(), content: new Uint8Array(await readFile(await download.path())) };
  }

  private async downloadInFirefox(button: Locator): Promise<NamedFile> {
    await button.click();
    return eventually(async () => {
      // While a file is written, another one beside it ends in `.part`.
      const names = await readdir(DOWNLOADS);
      const [name] = names;
      if (name === undefined || names.length !== 1) throw new Error(`there are ${names.length} files: ${names.join(', ')}`);
      const content = new Uint8Array(await readFile(join(DOWNLOADS, name)));
      await rm(join(DOWNLOADS, name));
      return { name, content };
    });
  }
}
