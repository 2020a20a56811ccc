using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Compiler;

/// <summary>A question about the dynamic type of a reference that is not null. See <see cref="TypeTest"/>.</summary>
internal interface ITypeQuestion
{
    /// <param name="reference">The reference.</param>
    /// <param name="context">Whose types count.</param>
    /// <param name="type">The type's index, if there is one.</param>
    /// <param name="id">The type's identity.</param>
    static abstract bool Is(object reference, GuestContext context, int type, long id);
}

/// <summary>ref.test and ref.cast: one question each, with the answer for null as a constant.</summary>
internal static class TypeTests
{
    [MethodImpl(AggressiveInlining)]
    public static int Test<TQuestion>(object? reference, GuestContext context, int type, long id, int isNullable)
        where TQuestion : struct, ITypeQuestion =>
        reference is null ? isNullable : TQuestion.Is(reference, context, type, id) ? 1 : 0;

    [MethodImpl(AggressiveInlining)]
    public static object? Cast<TQuestion>(object? reference, GuestContext context, int type, long id, int isNullable)
        where TQuestion : struct, ITypeQuestion
    {
        if (reference is null ? isNullable == 0 : !TQuestion.Is(reference, context, type, id))
            ThrowFailure(reference, context, type, isNullable);
        return reference;
    }

    [DoesNotReturn]
    private static void ThrowFailure(object? reference, GuestContext context, int type, int isNullable) =>
        throw TypeTest.Failure(reference, context.Types, type, isNullable != 0).ToException();

    public readonly struct Anything : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => true;
    }

    public readonly struct Nothing : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => false;
    }

    public readonly struct Eq : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => reference is WasmObject or Waxwing.I31;
    }

    public readonly struct I31 : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => reference is Waxwing.I31;
    }

    public readonly struct Struct : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => reference is WasmStruct;
    }

    public readonly struct Array : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => reference is WasmArray;
    }

    /// <summary>Of a reference that may be any object of .NET: its class must be asked for first.</summary>
    public readonly struct Object : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) =>
            reference is WasmObject known && (known.Layout.TypeId == id || IsSubtype(known, context, type));
    }

    /// <summary>Of a struct or array: it is of exactly the type nearly always, where compilers cast.</summary>
    public readonly struct KnownObject : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id)
        {
            var known = Unsafe.As<WasmObject>(reference);
            return known.Layout.TypeId == id || IsSubtype(known, context, type);
        }
    }

    /// <summary>The same where the type has no subtypes.</summary>
    public readonly struct KnownObjectOfFinal : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id) => Unsafe.As<WasmObject>(reference).Layout.TypeId == id;
    }

    public readonly struct Function : ITypeQuestion
    {
        [MethodImpl(AggressiveInlining)]
        public static bool Is(object reference, GuestContext context, int type, long id)
        {
            var known = Unsafe.As<WasmFunction>(reference);
            return known.DefinedType.Id == id || IsSubtype(known, context, type);
        }
    }

    [MethodImpl(NoInlining)]
    private static bool IsSubtype(WasmObject reference, GuestContext context, int type) => reference.Type.IsSubtypeOf(context.Types[type]);

    [MethodImpl(NoInlining)]
    private static bool IsSubtype(WasmFunction reference, GuestContext context, int type) => reference.DefinedType.IsSubtypeOf(context.Types[type]);
}
