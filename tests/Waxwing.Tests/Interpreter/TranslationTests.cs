using Waxwing.Tests.Runtime;
using Waxwing.Tests.Text;

namespace Waxwing.Tests.Interpreter;

/// <summary>Functions that are validated and translated when first called.</summary>
public sealed class TranslationTests
{
    private const string Broken = """
        (module
          (tag $e) (type $t (func (param i32) (result i32)))
          (func (export "f") (param i32) (result i32)
            (block $h
              (try_table (catch_all $h)
                (loop $a (loop $b (block $c
                  (br_table $a $b $c (local.get 0)))
                  (br_if $a (i32.lt_u (local.get 0) (i32.const 3)))
                  (br_if $b (i32.const 5)))
                (i32.const 1) (f64.const 2) BROKEN (drop))))
            (i32.const 0)))
        """;

    [Theory]
    [InlineData(null)]
    [InlineData(100_000L)]
    public void A_function_that_turns_out_invalid_leaves_nothing_for_the_next(long? fuel)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter, Features = WasmFeatures.All, Fuel = fuel });
        var broken = WasmModule.Load(TextModules.Encode(Broken.Replace("BROKEN", "(i64.add)", StringComparison.Ordinal)), new WasmModuleOptions { LazyValidation = true });
        for (var round = 0; round < 3; round++)
        {
            Assert.Throws<WasmValidationException>(() => runtime.Instantiate(broken).Invoke("f", 0));
            var sound = runtime.Instantiate("""
                (module (func (export "sum") (param $n i32) (result i32) (local $sum i32)
                  (block $done
                    (br_if $done (i32.eqz (local.get $n)))
                    (loop $l
                      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
                      (if (i32.and (local.get $n) (i32.const 1)) (then (local.set $sum (i32.add (local.get $sum) (i32.const 1000)))))
                      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
                  (local.get $sum)))
                """);
            Assert.Equal(5055, sound.Invoke("sum", 10)[0].AsInt32());
            // And the invalid one stays invalid.
            Assert.Throws<WasmValidationException>(() => runtime.Instantiate(broken).Invoke("f", 0));
        }
    }
}
