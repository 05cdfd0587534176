// The memory pane: hex view, address and search fields, inspector.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import type { App } from './app.ts';
import { oneLine } from './text.ts';

export interface ShownByte {
  readonly text: string;
  readonly written: boolean;
  readonly read: boolean;
}

export class Memory {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.pane('Memory');
  }

  /** The bytes in sight by address. */
  async shown(): Promise<ReadonlyMap<number, ShownByte>> {
    const rows = await this.region()
      .getByRole('row')
      .evaluateAll((elements) =>
        elements.map((row) => ({
          address: row.querySelector('[role=rowheader]')?.textContent?.replace(/\s/g, '') ?? '',
          cells: [...row.querySelectorAll('[role=gridcell]')].map((cell) => ({ text: cell.textContent ?? '', names: [...cell.classList] })),
        })),
      );
    const bytes = new Map<number, ShownByte>();
    for (const { address, cells } of rows) {
      if (address === '') continue;
      cells.forEach(({ text, names }, index) => {
        if (text === '') return;
        bytes.set(Number.parseInt(address, 16) + index, {
          text,
          written: names.includes('write') && names.includes('age0'),
          read: names.includes('read') && names.includes('age0'),
        });
      });
    }
    return bytes;
  }

  /** Bytes as the pane shows them; they must be in sight. */
  async bytes(address: number, length: number): Promise<string> {
    const shown = await this.shown();
    return Array.from({ length }, (_, offset) => shown.get(address + offset)?.text ?? '--').join(' ');
  }

  async expectBytes(address: number, hex: string): Promise<void> {
    await eventually(async () => assert.equal(await this.bytes(address, hex.split(' ').length), hex));
  }

  async goTo(address: string): Promise<void> {
    const field = this.region().getByLabel('Go to address');
    await field.fill(address);
    await field.press('Enter');
    await this.app.idle();
  }

  async search(needle: string): Promise<void> {
    const field = this.region().getByLabel('Search bytes or text');
    await field.fill(needle);
    await field.press('Enter');
    await this.app.idle();
  }

  /** Readings of the selection by name. */
  async inspector(): Promise<Readonly<Record<string, string>>> {
    const readings = await this.region()
      .getByRole('group', { name: 'Inspector' })
      .locator('dl > div')
      .evaluateAll((parts) => parts.map((part) => [part.querySelector('dt')?.textContent ?? '', part.querySelector('dd')?.textContent ?? '']));
    return Object.fromEntries(readings.map(([name, text]) => [name ?? '', oneLine(text ?? '')]));
  }

  async problem(): Promise<string> {
    return oneLine(await this.region().getByRole('alert').innerText());
  }

  async choose(text: string): Promise<void> {
    const choice = this.region().getByLabel('Memory shown');
    const options = await choice.locator('option').allInnerTexts();
    const found = options.find((option) => option.includes(text));
    if (found === undefined) throw new Error(`no memory ${text} among ${options.join(', ')}`);
    await choice.selectOption({ label: found });
    await this.app.idle();
  }

  /** Types bytes in hexadecimal over those at an address in sight. */
  async write(address: string, hex: string): Promise<void> {
    await this.goTo(address);
    await this.region().getByRole('grid').focus();
    for (const digit of hex.replaceAll(' ', '')) await this.app.page.keyboard.press(digit);
    await this.app.idle();
  }
}
