using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>CRuby 3.4.1 with its standard library (30 MB): a WASI reactor that keeps its library in its memory, and unwinds its own stack to switch fibers and to collect.</summary>
public sealed class RubyTests : IClassFixture<RubyTests.Vm>
{
    private readonly Vm vm;

    public RubyTests(Vm vm) => (this.vm, _) = (vm, Corpus.PathOf("ruby/ruby+stdlib.wasm"));

    /// <summary>One VM for all tests: starting it takes as long as all of them.</summary>
    public sealed class Vm : IDisposable
    {
        private readonly WasmRuntime runtime = new();
        private readonly MemoryStream output = new();
        private WasiProcess? process;
        private Ruby? ruby;

        internal Ruby Ruby
        {
            get
            {
                if (ruby is not null)
                    return ruby;
                process = runtime.AddWasi(new WasiOptions { Stdout = output }.AddEnvironment("GREETING", "hello"));
                return ruby = new(runtime, Corpus.Load("ruby/ruby+stdlib.wasm"));
            }
        }

        public string TakeOutput()
        {
            var text = Encoding.UTF8.GetString(output.ToArray());
            output.SetLength(0);
            return text;
        }

        public void Dispose()
        {
            process?.Dispose();
            runtime.Dispose();
        }
    }

    [Theory]
    [InlineData("RUBY_VERSION", "3.4.1")]
    [InlineData("(1..20).inject(:*)", "2432902008176640000")]
    [InlineData("2**100", "1267650600228229401496703205376")]
    [InlineData("'Waxwing'.reverse.upcase.tr('AEIOU', '*')", "GN*WX*W")]
    [InlineData("format('%08.3f|%+x|%e', Math::PI, 255, 6.02214076e23)", "0003.142|+ff|6.022141e+23")]
    [InlineData("%w[pear apple fig].sort_by { [_1.size, _1] }.inspect", "[\"fig\", \"pear\", \"apple\"]")]
    [InlineData("case { name: 'x', tags: [1, 2] }; in { name: String => n, tags: [*, 2] } then n end", "x")]
    [InlineData("e = Enumerator.new { |y| a, b = 0, 1; loop { y << a; a, b = b, a + b } }; e.lazy.select(&:even?).first(6).inspect", "[0, 2, 8, 34, 144, 610]")]
    [InlineData("f = Fiber.new { |x| y = Fiber.yield(x * 2); y + 1 }; [f.resume(21), f.resume(9), f.alive?].inspect", "[42, 10, false]")]
    [InlineData("catch(:found) { 10.times { |i| 10.times { |j| throw :found, [i, j] if i * j == 42 } } }.inspect", "[6, 7]")]
    [InlineData("'2024-02-29'[/(?<y>\\d+)-(?<m>\\d+)/, :m]", "02")]
    [InlineData("ObjectSpace.garbage_collect; 200_000.times { |i| 'x' * (i % 100) }; GC.start; GC.count > 1", "true")]
    [InlineData("def f(n) = f(n + 1); begin; f(0); rescue SystemStackError => e; e.message; end", "stack level too deep")]
    [InlineData("ENV['GREETING']", "hello")]
    public void Evaluates(string script, string expected) => Assert.Equal(expected, vm.Ruby.Evaluate(script));

    [Fact]
    public void A_script_uses_the_standard_library()
    {
        const string Script =
            """
            require 'json'
            require 'set'
            require 'erb'
            require 'time'
            require 'digest'
            require 'stringio'

            data = JSON.parse('{"items": [{"n": "a", "v": 1.5}, {"n": "b", "v": 2}, {"n": "a", "v": 3}]}', symbolize_names: true)
            sums = data[:items].group_by { _1[:n] }.transform_values { |rows| rows.sum { _1[:v] } }
            page = ERB.new("<% sums.each do |n, v| %><%= n %>=<%= v %>;<% end %>").result(binding)
            log = StringIO.new
            log.puts Time.parse('2024-02-29 12:34:56 UTC').iso8601
            log.puts Digest::SHA256.hexdigest('waxwing')
            log.puts Set.new([3, 1, 2, 3]).to_a.sort.join(',')
            $stdout.puts page
            $stdout.flush
            log.string
            """;
        Assert.Equal("2024-02-29T12:34:56Z\n" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("waxwing"u8)) + "\n1,2,3\n", vm.Ruby.Evaluate(Script));
        Assert.Equal("a=4.5;b=2;\n", vm.TakeOutput());
    }

    [Fact]
    public void An_exception_is_told_apart() =>
        Assert.Equal("#<ArgumentError: invalid value for Integer(): \"twelve\">", vm.Ruby.Evaluate("Integer('twelve')"));
}
