using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>The typed walk over a function body.</summary>
internal static class FunctionValidator
{
    /// <summary>Validates the body of a function defined in the module (<paramref name="function"/> counts from 0 without imports), telling the consumer of each instruction.</summary>
    /// <exception cref="WasmFormatException">The body is malformed.</exception>
    /// <exception cref="WasmValidationException">The body is invalid.</exception>
    public static void Walk<TConsumer>(ModuleContext context, int function, ref TConsumer consumer)
        where TConsumer : struct, IFunctionConsumer
    {
        var buffers = WalkerBuffers.Rent();
        try
        {
            new FunctionWalker<TConsumer>(context, buffers, context.Module.Code[function].Range, ref consumer).WalkFunction(function);
        }
        finally
        {
            buffers.Return();
        }
    }

    /// <summary>
    /// Validates a constant expression, telling the consumer of each instruction: the way in for evaluating one too.
    /// </summary>
    /// <param name="context">The module.</param>
    /// <param name="expression">The expression with its `end`.</param>
    /// <param name="expected">The type of its value.</param>
    /// <param name="visibleGlobals">How many of the module's globals it may read.</param>
    /// <param name="consumer">What is told.</param>
    /// <exception cref="WasmFormatException">The expression is malformed.</exception>
    /// <exception cref="WasmValidationException">The expression is invalid.</exception>
    public static void WalkConstant<TConsumer>(ModuleContext context, CodeRange expression, ValType expected, int visibleGlobals, ref TConsumer consumer)
        where TConsumer : struct, IFunctionConsumer
    {
        var buffers = WalkerBuffers.Rent();
        try
        {
            new FunctionWalker<TConsumer>(context, buffers, expression, ref consumer).WalkConstant(expected, visibleGlobals);
        }
        finally
        {
            buffers.Return();
        }
    }

    /// <summary>The types of a function's locals, parameters first, without walking the body.</summary>
    /// <exception cref="WasmFormatException">The declarations are malformed.</exception>
    public static ValType[] Locals(ModuleContext context, int function)
    {
        var parameters = context.FunctionType(context.ImportedFunctions + function).Parameters;
        var range = context.Module.Code[function].Range;
        var reader = new ByteReader(context.Module.Bytes.Span, range.Offset, range.End);
        var locals = new List<ValType>(parameters);
        for (var groups = reader.ReadLength(); groups > 0; groups--)
        {
            var count = reader.ReadU32();
            if (count > context.Limits.Locals - locals.Count)
                throw new WasmFormatException("too many locals", reader.Position, $"the limit is {context.Limits.Locals}");
            var type = TypeReader.ReadValueType(ref reader, context.Features);
            System.Runtime.InteropServices.CollectionsMarshal.SetCount(locals, locals.Count + (int)count);
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(locals)[^(int)count..].Fill(type);
        }
        return [.. locals];
    }
}
