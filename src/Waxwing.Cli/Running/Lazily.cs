namespace Waxwing.Cli.Running;

/// <summary>Something that is made when it is first needed, and disposed if it was.</summary>
internal sealed class Lazily<T>(Func<T> make) : IDisposable where T : class, IDisposable
{
    private T? value;

    public T Value => value ??= make();

    public void Dispose() => value?.Dispose();
}
