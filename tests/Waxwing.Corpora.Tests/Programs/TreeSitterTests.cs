using System.Runtime.InteropServices;
using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// Dynamic linking: tree-sitter is a main module, each grammar a side module with code and tables of its own, all in one memory and one table that the host defines. The trees are those of the package's own JavaScript loader.
/// </summary>
public sealed class TreeSitterTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly EmscriptenHost host;
    private readonly WasmInstance main;
    private string source = "";

    public TreeSitterTests()
    {
        host = new(runtime);
        // No parse is cancelled.
        host.Imports.Define("env", "tree_sitter_progress_callback", (int offset, int hasError) => 0);
        host.Imports.Define("env", "tree_sitter_parse_callback", (WasmCaller caller, int buffer, int index, int row, int column, int length) =>
        {
            // The guest has room for 10 KiB of UTF-16; the sources here are shorter.
            var rest = source.AsSpan(index);
            MemoryMarshal.AsBytes(rest).CopyTo(caller.Memory.AsSpan(buffer, 2 * rest.Length));
            caller.Memory.Write(length, rest.Length);
        });
        main = host.Instantiate(Corpus.Load("tree-sitter/web-tree-sitter.wasm"));
    }

    public void Dispose()
    {
        host.Dispose();
        runtime.Dispose();
    }

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
        var grammar = Load(language);
        Assert.Equal(expected, Parse(grammar.Invoke($"tree_sitter_{language}")[0].AsInt32(), text));
    }

    [Fact]
    public void Grammars_share_the_table_and_the_memory()
    {
        var pages = main.Memory.Pages;
        var json = Load("json");
        var python = Load("python");
        Assert.Same(json.Memory, python.Memory);
        Assert.Equal("(document (null))", Parse(json.Invoke("tree_sitter_json")[0].AsInt32(), "null"));
        Assert.Equal("(module (expression_statement (none)))", Parse(python.Invoke("tree_sitter_python")[0].AsInt32(), "None"));
        Assert.True(main.Memory.Pages >= pages);
    }

    private WasmInstance Load(string language) => host.LoadLibrary(language, Corpus.Load($"tree-sitter/{language}.wasm"));

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
}
