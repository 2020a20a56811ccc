// What AssemblyScript's library asks of a host, and objects that pass the border both ways.

export const int32ArrayId = idof<Int32Array>();
export const stringsId = idof<Array<string>>();

export function greet(name: string): string {
  console.log("greeting " + name);
  return "Hello, " + name + "! \u{1f44b}";
}

export function repeat(text: string, times: i32): string {
  return text.repeat(times);
}

export function talk(): void {
  console.log("log");
  console.debug("debug");
  console.info("info");
  console.warn("warn");
  console.error("error");
  console.assert(true, "not shown");
  console.assert(false, "shown");
  console.time("timer");
  console.timeLog("timer");
  console.timeEnd("timer");
  trace("numbers", 3, 1, 2.5, -3);
  trace("none");
}

export function sum(items: Int32Array): f64 {
  let result: f64 = 0;
  for (let i = 0; i < items.length; i++) result += items[i];
  return result;
}

export function reverse(items: f64[]): f64[] {
  return items.slice().reverse();
}

export function middle(items: Uint8Array): Uint8Array {
  return items.subarray(1, items.length - 1);
}

export function longest(items: StaticArray<i64>): i64 {
  let result = items[0];
  for (let i = 1; i < items.length; i++) result = max(result, items[i]);
  return result;
}

export function squares(count: i32): StaticArray<i32> {
  const result = new StaticArray<i32>(count);
  for (let i = 0; i < count; i++) result[i] = i * i;
  return result;
}

export function shout(buffer: ArrayBuffer): ArrayBuffer {
  const copy = Uint8Array.wrap(buffer.slice(0));
  for (let i = 0; i < copy.length; i++) copy[i] -= 32;
  return copy.buffer;
}

export function join(items: string[], separator: string): string {
  return items.join(separator);
}

export function nothing(): string | null {
  return null;
}

export function check(value: i32): i32 {
  assert(value != 3, "three is not allowed");
  if (value == 4) throw new RangeError("four is thrown");
  const items: i32[] = [1, 2, 3];
  return items[value];
}

export function now(): f64 {
  return <f64>Date.now();
}

export function elapsed(): f64 {
  return performance.now();
}

export function random(): f64 {
  return Math.random();
}

export function garbage(count: i32): i32 {
  let kept = "";
  for (let i = 0; i < count; i++) kept = "piece " + i.toString();
  return kept.length;
}

export function leave(code: i32): void {
  process.exit(code);
}
