using System.Runtime.InteropServices;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// Dynamic linking: tree-sitter is a main module, each grammar a side module with code and tables of its own, all in one memory and one table that the host defines. The main module's exports
/// and the host's definitions are imported under the same name. The trees are those of the package's own JavaScript loader.
/// </summary>
public sealed class TreeSitterTests : IDisposable
{
    // Where the main module was linked to be, from the package's loader.
    private const int MemoryBase = 1024, TableBase = 1, TableSize = 30, StackLow = 16704, StackHigh = 82240;

    private readonly WasmRuntime runtime = new();
    private readonly WasmTable table;
    private readonly WasmInstance main;
    private string source = "";

    public TreeSitterTests()
    {
        var module = Corpus.Load("tree-sitter/web-tree-sitter.wasm");
        runtime.DefineEmscripten(module);
        runtime.Define("env", "__memory_base", Constant(MemoryBase));
        runtime.Define("env", "__table_base", Constant(TableBase));
        runtime.Define("env", "__stack_pointer", Variable(StackHigh));
        runtime.Define("GOT.mem", "__stack_low", Variable(StackLow));
        runtime.Define("GOT.mem", "__stack_high", Variable(StackHigh));
        runtime.Define("GOT.mem", "__heap_base", Variable(StackHigh));
        runtime.Define("env", "__indirect_function_table", table = new(new(ValueType.FuncRef, TableBase + TableSize)));
        runtime.Define("env", "tree_sitter_parse_callback", (WasmCaller caller, int buffer, int index, int row, int column, int length) =>
        {
            // The guest has room for 10 KiB of UTF-16; the sources here are shorter.
            var rest = source.AsSpan(index);
            MemoryMarshal.AsBytes(rest).CopyTo(caller.Memory.AsSpan(buffer, 2 * rest.Length));
            caller.Memory.Write(length, rest.Length);
        });
        main = runtime.Instantiate(module, "env");
        Prepare(main);
    }

    public void Dispose() => runtime.Dispose();

    [Theory]
    [InlineData("json", "{\"a\": [1, 2.5e3, null, true]}",
        "(document (object (pair key: (string (string_content)) value: (array (number) (number) (null) (true)))))")]
    [InlineData("c", "int main(void) { for (int i = 0; i < 3; i++) puts(\"x\" \"y\"); return sizeof(long) << 1; }",
        "(translation_unit (function_definition type: (primitive_type) declarator: (function_declarator declarator: (identifier) parameters: (parameter_list "
        + "(parameter_declaration type: (primitive_type)))) body: (compound_statement (for_statement initializer: (declaration type: (primitive_type) declarator: "
        + "(init_declarator declarator: (identifier) value: (number_literal))) condition: (binary_expression left: (identifier) right: (number_literal)) update: "
        + "(update_expression argument: (identifier)) body: (expression_statement (call_expression function: (identifier) arguments: (argument_list (concatenated_string "
        + "(string_literal (string_content)) (string_literal (string_content))))))) (return_statement (binary_expression left: (sizeof_expression type: (type_descriptor type: "
        + "(sized_type_specifier))) right: (number_literal))))))")]
    [InlineData("python", "def f(x):\n    if x > 1:\n        return [y ** 2 for y in range(x)]\n    return 'é' + f\"{x!r}\"\n",
        "(module (function_definition name: (identifier) parameters: (parameters (identifier)) body: (block (if_statement condition: (comparison_operator (identifier) "
        + "(integer)) consequence: (block (return_statement (list_comprehension body: (binary_operator left: (identifier) right: (integer)) (for_in_clause left: (identifier) "
        + "right: (call function: (identifier) arguments: (argument_list (identifier)))))))) (return_statement (binary_operator left: (string (string_start) (string_content) "
        + "(string_end)) right: (string (string_start) (interpolation expression: (identifier) type_conversion: (type_conversion)) (string_end)))))))")]
    public void Parses(string language, string text, string expected)
    {
        var grammar = LoadSideModule(Corpus.Load($"tree-sitter/{language}.wasm"));
        Assert.Equal(expected, Parse(grammar.Invoke($"tree_sitter_{language}")[0].AsInt32(), text));
    }

    [Fact]
    public void Grammars_share_the_table_and_the_memory()
    {
        var (before, pages) = (table.Length, main.Memory.Pages);
        var json = LoadSideModule(Corpus.Load("tree-sitter/json.wasm"));
        var python = LoadSideModule(Corpus.Load("tree-sitter/python.wasm"));
        Assert.Same(json.Memory, python.Memory);
        Assert.True(table.Length > before);
        Assert.Equal("(document (null))", Parse(json.Invoke("tree_sitter_json")[0].AsInt32(), "null"));
        Assert.Equal("(module (expression_statement (none)))", Parse(python.Invoke("tree_sitter_python")[0].AsInt32(), "None"));
        Assert.True(main.Memory.Pages >= pages);
    }

    private string Parse(int language, string text)
    {
        source = text;
        var transfer = main.Invoke("ts_init")[0].AsInt32();
        main.Invoke("ts_parser_new_wasm");
        var (parser, buffer) = (main.Memory.Read<int>(transfer), main.Memory.Read<int>(transfer + 4));
        Assert.Equal(1, main.Invoke("ts_parser_set_language", parser, language)[0].AsInt32());
        var tree = main.Invoke("ts_parser_parse_wasm", parser, buffer, 0, 0, 0)[0].AsInt32();
        // Both work on the node in the transfer buffer.
        main.Invoke("ts_tree_root_node_wasm", tree);
        return main.Memory.ReadCString(main.Invoke("ts_node_to_string_wasm", tree)[0].AsInt32());
    }

    /// <summary>What a dynamic linker does: room in the memory and the table, addresses for what the module wants to find through its global offset table, relocations, constructors.</summary>
    private WasmInstance LoadSideModule(WasmModule module)
    {
        var (memorySize, memoryAlignment, tableSize) = ReadRequirements(module);
        var address = main.Invoke("calloc", memorySize + (1 << memoryAlignment), 1)[0].AsInt32();
        var imports = new WasmImports();
        imports.Define("env", "__memory_base", Constant((address + (1 << memoryAlignment) - 1) >> memoryAlignment << memoryAlignment));
        imports.Define("env", "__table_base", Constant((int)table.Grow(tableSize)));
        imports.Define("env", "__assert_fail", (int condition, int file, int line, int function) => Assert.Fail(main.Memory.ReadCString(condition)));
        var wanted = new Dictionary<string, WasmGlobal>();
        foreach (var import in module.Imports.Where(import => import.Module == "GOT.func"))
            imports.Define(import.Module, import.Name, wanted[import.Name] = Variable(0));

        var side = runtime.Instantiate(module, imports: imports);
        foreach (var (name, global) in wanted)
        {
            var index = table.Grow(1, side.GetFunction(name));
            global.Value = (int)index;
        }
        Prepare(side);
        return side;
    }

    private static void Prepare(WasmInstance instance)
    {
        foreach (var name in (string[])["__wasm_apply_data_relocs", "__wasm_call_ctors"])
        {
            if (instance.TryGetFunction(name, out var function))
                function.Invoke();
        }
    }

    /// <summary>Of the custom section "dylink": memory size, its alignment as a power of 2, table size, as unsigned LEB128 numbers.</summary>
    private static (int MemorySize, int MemoryAlignment, int TableSize) ReadRequirements(WasmModule module)
    {
        var content = module.CustomSections.Single(section => section.Name == "dylink").Content.Span;
        return (Next(ref content), Next(ref content), Next(ref content));

        static int Next(ref ReadOnlySpan<byte> rest)
        {
            var (value, shift) = (0, 0);
            while (true)
            {
                var part = rest[0];
                rest = rest[1..];
                value |= (part & 0x7f) << shift;
                if (part < 0x80)
                    return value;
                shift += 7;
            }
        }
    }

    private static WasmGlobal Constant(int value) => new(new(ValueType.I32, false), value);

    private static WasmGlobal Variable(int value) => new(new(ValueType.I32, true), value);
}
