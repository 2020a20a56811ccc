// SQLite in a sandbox: the module of the npm package @sqlite.org/sqlite-wasm, driven from C#.
//
//   tests/corpora/fetch.sh sqlite
//   dotnet run -c Release --project samples/Sqlite
//   dotnet run -c Release --project samples/Sqlite -- "SELECT sqlite_version()"

using Waxwing;
using Waxwing.Emscripten;

const string Wasm = "artifacts/corpora/sqlite/sqlite3.wasm";
if (Upwards(Wasm) is not { } file)
{
    Console.Error.WriteLine($"{Wasm} is not there. Fetch it with: tests/corpora/fetch.sh sqlite");
    return 1;
}

using var runtime = new WasmRuntime();
// Supplies what Emscripten's JavaScript would: the memory that the module imports, exactly as large as it asks for, growth, clocks, constructors. No files are granted: a database in memory needs none.
using var host = new EmscriptenHost(runtime);
var sqlite = host.Instantiate(WasmModule.Load(file));
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
