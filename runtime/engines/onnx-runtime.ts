/** ONNX Runtime's Node package: loaded when it is first wanted, with the reason in words where it cannot be. */
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { EngineStatus } from './engine.ts';

export type Ort = typeof import('onnxruntime-node');

const NAME = 'onnx';
const PACKAGE = 'onnxruntime-node';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let loading: Promise<Ort> | undefined;

export function loadOrt(): Promise<Ort> {
  loading ??= import('onnxruntime-node').then((module) => ('default' in module ? (module.default as Ort) : module));
  return loading;
}

/** Why the package did not load, and the command that would help; `error` is what the import threw. */
export function explainMissing(
  error: unknown,
  platform = process.platform,
  arch = process.arch,
): Partial<EngineStatus> {
  const message = messageOf(error);
  if (/onnxruntime_binding\.node/.test(message) && /find module|no such file/i.test(message)) {
    return {
      reason: `${PACKAGE} has no library for ${platform} ${arch}`,
      remedy: 'use another engine: --engine tensorflow or --engine wasm',
    };
  }
  if (/find (module|package)/i.test(message)) {
    return { reason: `${PACKAGE} is not installed`, remedy: `npm install ${PACKAGE} --ignore-scripts` };
  }
  if (/GLIBC|CXXABI|libstdc\+\+/.test(message)) {
    return {
      reason: `${PACKAGE} needs a newer C library than this system has`,
      remedy: 'use a newer system, or --engine wasm',
    };
  }
  return { reason: `${PACKAGE} does not load: ${message.split('\n')[0]}`, remedy: `npm rebuild ${PACKAGE}` };
}

export const defaultThreads = (): number => availableParallelism();

export async function onnxStatus(): Promise<EngineStatus> {
  try {
    const ort = await loadOrt();
    const threads = defaultThreads();
    const device = `cpu (${threads} ${threads === 1 ? 'thread' : 'threads'})`;
    return { name: NAME, available: true, version: ort.env.versions.node ?? ort.env.versions.common, device };
  } catch (error) {
    return { name: NAME, available: false, ...explainMissing(error) };
  }
}

/**
 * Nodes one after the other, every pass over the graph that ONNX Runtime has, its arena, no memory pattern: in parallel
 * a step takes twice as long, and a pattern costs a gigabyte.
 */
export const sessionOptions = (threads: number): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false,
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  // what it throws is reported; its log would only say it twice
  logSeverityLevel: 4,
});
