// Without an exported runtime: strings can be read, not made. Functions of Math come from the host.
// @ts-ignore: decorator
@external("env", "Math.cbrt")
declare function hostCubeRoot(x: f64): f64;
// @ts-ignore: decorator
@external("env", "Math.round")
declare function hostRound(x: f64): f64;

export function name(): string {
  return "bare";
}

export function root(x: f64): f64 {
  return hostCubeRoot(x);
}

export function round(x: f64): f64 {
  return hostRound(x);
}
