// The driver in a worker of Node, so that it can be ended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { driver } from '../../../bench/driver.js';

const answer = driver(async (file) => readFileSync(join(workerData, file)));

parentPort.on('message', async (request) => parentPort.postMessage(await answer(request)));
parentPort.postMessage('ready');
