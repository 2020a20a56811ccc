namespace Waxwing.Validation;

/// <summary>The typed walk over a function body.</summary>
internal static class FunctionValidator
{
    /// <summary>Validates the body of a function defined in the module (<paramref name="function"/> counts from 0 without imports), telling the consumer of each instruction.</summary>
    /// <exception cref="WasmFormatException">The body is malformed.</exception>
    /// <exception cref="WasmValidationException">The body is invalid.</exception>
    public static void Walk<TConsumer>(ModuleContext context, int function, ref TConsumer consumer)
        where TConsumer : struct, IFunctionConsumer => throw new NotImplementedException();

    /// <summary>The types of a function's locals, parameters first, without walking the body.</summary>
    public static Syntax.ValType[] Locals(ModuleContext context, int function) => throw new NotImplementedException();
}
