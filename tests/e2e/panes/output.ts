// What programs put out: console, canvas, trace.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { App } from './app.ts';

class DockPane {
  constructor(
    protected readonly app: App,
    private readonly name: string,
  ) {}

  /** Brings the pane into sight. */
  async show(): Promise<void> {
    const tab = this.app.page.getByRole('tab', { name: new RegExp(`^${this.name}`, 'i') });
    if ((await tab.count()) > 0) await tab.first().click();
  }

  region(): Locator {
    return this.app.pane(this.name);
  }
}

export class Console extends DockPane {
  constructor(app: App) {
    super(app, 'Console');
  }

  async lines(): Promise<readonly string[]> {
    await this.show();
    return this.region().locator('.console-text').allInnerTexts();
  }
}

export class Canvas extends DockPane {
  constructor(app: App) {
    super(app, 'Canvas');
  }

  /** Size, and how many colours there are among the pixels. */
  async picture(): Promise<{ readonly width: number; readonly height: number; readonly colours: number }> {
    await this.show();
    return this.region()
      .locator('canvas')
      .evaluate((element) => {
        if (!(element instanceof HTMLCanvasElement)) throw new Error('not a canvas');
        const { width, height } = element;
        const pixels = element.getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
        const colours = new Set(new Uint32Array(pixels.buffer));
        return { width, height, colours: colours.size };
      });
  }
}

/** The keys of the program on the screen; in the pane of the canvas. */
export class ScreenKeys {
  constructor(private readonly app: App) {}

  region(): Locator {
    return this.app.page.getByRole('group', { name: 'Keys of the program' });
  }

  key(name: string): Locator {
    return this.region().getByRole('button', { name: `Key ${name}`, exact: true });
  }
}

export class Trace extends DockPane {
  constructor(app: App) {
    super(app, 'Trace');
  }

  async turnOn(): Promise<void> {
    await this.show();
    await this.region().getByRole('checkbox').first().check();
    await this.app.idle();
  }

  async turnOff(): Promise<void> {
    await this.show();
    await this.region().getByRole('checkbox').first().uncheck();
    await this.app.idle();
  }

  async download(): Promise<string> {
    const file = await this.app.files.download(this.region().getByRole('button', { name: /Download/ }));
    assert.ok(typeof file.content !== 'string');
    return new TextDecoder().decode(file.content);
  }
}
