namespace Waxwing.Runtime;

/// <summary>A 31-bit integer as a reference; equal values are equal references to ref.eq by value.</summary>
internal sealed class I31
{
}
