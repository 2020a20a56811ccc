// SQLite in a sandbox: the module of the npm package @sqlite.org/sqlite-wasm, driven from C#.
//
//   tests/corpora/fetch.sh sqlite
//   dotnet run -c Release --project samples/Sqlite
//   dotnet run -c Release --project samples/Sqlite -- "SELECT sqlite_version()"

using Waxwing;

const string Wasm = "artifacts/corpora/sqlite/sqlite3.wasm";
if (Upwards(Wasm) is not { } file)
{
    Console.Error.WriteLine($"{Wasm} is not there. Fetch it with: tests/corpora/fetch.sh sqlite");
    return 1;
}

using var runtime = new WasmRuntime();
var module = WasmModule.Load(file);

// The module imports its memory. This creates it, exactly as large as the module asks for.
runtime.ProvideMemories(module);

// It also imports system calls. A database in memory needs no files, so each answers "function not implemented": -52 from Emscripten's, 52 from WASI's.
foreach (var import in module.Imports)
{
    if (import.Type.Function is { } type)
        runtime.DefineRaw(import.Module, import.Name, [.. type.Parameters], [.. type.Results], (_, _, results) => results.Fill(import.Module == "env" ? -52 : 52));
}

// A later definition replaces an earlier one.
runtime.Define("env", "emscripten_date_now", () => (double)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
runtime.Define("env", "emscripten_get_now", () => (double)Environment.TickCount64);
runtime.Define("env", "emscripten_resize_heap", (WasmCaller caller, int bytes) =>
    caller.Memory.Grow(((uint)bytes + 65535L - caller.Memory.ByteLength) / 65536) < 0 ? 0 : 1);

var sqlite = runtime.Instantiate(module);
sqlite.Invoke("__wasm_call_ctors");
using var database = new Database(sqlite);

var statements = args is [] ? [
    "SELECT sqlite_version()",
    "CREATE TABLE numbers(n INTEGER PRIMARY KEY)",
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000) INSERT INTO numbers SELECT n FROM c",
    "SELECT count(*), sum(n) FROM numbers",
] : args;
foreach (var statement in statements)
{
    foreach (var row in database.Query(statement))
        Console.WriteLine(row);
}
return 0;

static string? Upwards(string path)
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, path)))
            return Path.Combine(folder.FullName, path);
    }
    return null;
}
