using Waxwing;

/// <summary>A database in memory; strings go to and from the guest through its own <c>malloc</c>.</summary>
internal sealed class Database : IDisposable
{
    private const int Row = 100, Done = 101;

    private readonly WasmMemory memory;
    private readonly Func<int, int> malloc;
    private readonly Action<int> free;
    private readonly Func<int, int, int, int, int, int> prepare;
    private readonly Func<int, int> step, finalize, columnCount, errorMessage, close;
    private readonly Func<int, int, int> columnText;
    private readonly int handle;

    public Database(WasmInstance sqlite)
    {
        memory = sqlite.Memory;
        malloc = sqlite.GetFunction<Func<int, int>>("malloc");
        free = sqlite.GetFunction<Action<int>>("free");
        prepare = sqlite.GetFunction<Func<int, int, int, int, int, int>>("sqlite3_prepare_v2");
        step = sqlite.GetFunction<Func<int, int>>("sqlite3_step");
        finalize = sqlite.GetFunction<Func<int, int>>("sqlite3_finalize");
        columnCount = sqlite.GetFunction<Func<int, int>>("sqlite3_column_count");
        columnText = sqlite.GetFunction<Func<int, int, int>>("sqlite3_column_text");
        errorMessage = sqlite.GetFunction<Func<int, int>>("sqlite3_errmsg");
        close = sqlite.GetFunction<Func<int, int>>("sqlite3_close_v2");
        handle = WithOutput(":memory:", sqlite.GetFunction<Func<int, int, int>>("sqlite3_open"));
    }

    /// <summary>The rows of a statement, values separated by "|" as in SQLite's own shell.</summary>
    public IEnumerable<string> Query(string sql)
    {
        var statement = WithOutput(sql, (text, output) => prepare(handle, text, -1, output, 0));
        try
        {
            int result;
            while ((result = step(statement)) == Row)
                yield return string.Join('|', Enumerable.Range(0, columnCount(statement)).Select(column => Text(columnText(statement, column))));
            if (result != Done)
                throw Error(result);
        }
        finally
        {
            finalize(statement);
        }
    }

    public void Dispose() => close(handle);

    /// <summary>Passes a string and the address of a result, and returns that result.</summary>
    private int WithOutput(string text, Func<int, int, int> function)
    {
        var input = malloc(3 * text.Length + 1);
        var output = malloc(sizeof(int));
        try
        {
            memory.WriteCString(input, text);
            var result = function(input, output);
            return result == 0 ? memory.Read<int>(output) : throw Error(result);
        }
        finally
        {
            free(input);
            free(output);
        }
    }

    private string Text(int address) => address == 0 ? "" : memory.ReadCString((uint)address);

    private InvalidOperationException Error(int code) => new($"SQLite error {code}: {Text(errorMessage(handle))}");
}
