using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>SQLite 3.41.2, from Emscripten: imports its memory, and driven through pointers into it. The answers are those of the sqlite3 command.</summary>
public sealed class SqliteTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly EmscriptenHost host;
    private readonly Database database;

    public SqliteTests()
    {
        var module = Corpus.Load("sqlite/sqlite3.wasm");
        host = new(runtime);
        database = new(host.Instantiate(module));
    }

    public void Dispose()
    {
        database.Dispose();
        host.Dispose();
        runtime.Dispose();
    }

    [Fact]
    public void Imports_a_memory_of_256_to_32768_pages()
    {
        var memory = Assert.Single(Corpus.Load("sqlite/sqlite3.wasm").Imports, import => import.Kind == ExternalKind.Memory);
        Assert.Equal(("env", "memory", new MemoryType(256, 32768)), (memory.Module, memory.Name, memory.Type.Memory));
    }

    [Fact]
    public void Ten_thousand_rows_of_a_recursive_query() => Expect(["10000|50005000"],
        "CREATE TABLE numbers(n INTEGER PRIMARY KEY)",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000) INSERT INTO numbers SELECT n FROM c",
        "SELECT count(*), sum(n) FROM numbers");

    [Fact]
    public void Joins_windows_and_strings() => Expect(["ada|3|1", "bob|1|2", "cy||3"],
        "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE TABLE orders(person INTEGER REFERENCES people, amount INTEGER)",
        "INSERT INTO people(name) VALUES ('ada'), ('bob'), ('cy')",
        "INSERT INTO orders VALUES (1, 2), (2, 1), (1, 1)",
        "SELECT name, sum(amount), row_number() OVER (ORDER BY name) FROM people LEFT JOIN orders ON person = id GROUP BY id ORDER BY name");

    [Fact]
    public void Numbers_in_text_and_back() => Expect(["0.1|1.0e+300|-9223372036854775808|3.14159265358979|000ff"],
        "SELECT 0.1, 1e300, -9223372036854775808, pi(), printf('%05x', 255)");

    [Fact]
    public void A_rollback_undoes_and_an_index_finds() => Expect(["500", "2|0|0|SEARCH t USING COVERING INDEX by_v (v=?)"],
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
        "CREATE INDEX by_v ON t(v)",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) INSERT INTO t SELECT n, hex(n * 7919 % 1000) FROM c",
        "BEGIN",
        "DELETE FROM t",
        "ROLLBACK",
        "SELECT k FROM t WHERE v = hex(500 * 7919 % 1000)",
        "EXPLAIN QUERY PLAN SELECT k FROM t WHERE v = 'x'");

    [Fact]
    public void An_error_is_reported_by_the_guest()
    {
        var error = Assert.Throws<InvalidOperationException>(() => database.Query("SELEC 1").ToList());
        Assert.Equal("SQLite error 1: near \"SELEC\": syntax error", error.Message);
    }

    [Fact]
    public void A_blob_larger_than_the_memory_makes_it_grow()
    {
        var before = runtime.MemoryBytes;
        Expect(["40000000"], "CREATE TABLE b(x BLOB)", "INSERT INTO b VALUES (zeroblob(40000000))", "SELECT length(x) FROM b");
        Assert.True(runtime.MemoryBytes > before + 20_000_000, $"{before} -> {runtime.MemoryBytes}");
    }

    private void Expect(string[] rows, params string[] statements) =>
        Assert.Equal(rows, statements.SelectMany(database.Query).ToArray());
}
