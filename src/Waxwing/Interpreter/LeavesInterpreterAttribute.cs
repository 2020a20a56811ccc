namespace Waxwing.Interpreter;

/// <summary>Marks the methods of <see cref="Activation"/> from which the .NET stack goes on without it, and which add its frames to a trap that comes back (<see cref="WasmTrapException.Append"/>).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LeavesInterpreterAttribute : Attribute;
