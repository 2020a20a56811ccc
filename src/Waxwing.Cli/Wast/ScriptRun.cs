namespace Waxwing.Cli.Wast;
internal static class ScriptRun { public static ScriptReport Execute(string path, ScriptOptions options) => throw new NotImplementedException(path+options); }
