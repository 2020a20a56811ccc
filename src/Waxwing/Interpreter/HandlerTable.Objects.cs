using Waxwing.Instructions;

namespace Waxwing.Interpreter;

// Tables, bulk memory, structs, arrays and casts.
internal static unsafe partial class HandlerTable
{
    private static nint Objects(int operation) => operation switch
    {
        _ => 0,
    };
}
