// The driver in a worker of the page, so that the page can end it.
import { driver } from './driver.js';

const answer = driver(async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer()));

self.onmessage = async ({ data }) => self.postMessage(await answer(data));
