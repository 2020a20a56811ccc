using System.Reflection.Metadata;

namespace Waxwing.Compiler;

/*
 * Functions of many tries. RyuJIT's time grows out of proportion with protected regions, above all with those in one another (200: 16 s), so here all tries share one region, which is the whole
 * function. A local has the number of the innermost try around what runs: it changes where a try is entered or left. The region's filter asks a table (see TryTable) which of the tries from there
 * outwards has a clause that matches, and its handler begins the region again, with a jump to that try's dispatch.
 *
 *   again:  .try { switch (resume) { arrivals }  start: ... } filter { TryTable.Find(exception, number) } handler { caught = ...; resume = TryTable.Find(...); leave again }
 *
 * Functions that are cut get a region in each part (see FunctionCutter).
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>What a table of tries can number.</summary>
    private const int MaximumTries = 60_000, MaximumClauses = 200_000;

    /// <summary>Whether the tries of the function share one region.</summary>
    private bool sharesRegion;

    private SharedRegion shared = null!;
    private int sharedRegion, resume, arrivalsSwitch;
    private readonly List<int> arrivals = [];
    private TryTableBuilder tryTable = null!;

    /// <summary>Whether what is emitted now is in a protected region.</summary>
    private bool IsProtected => sharesRegion || innermost is not null;

    private void BeginSharedRegion()
    {
        arrivals.Clear();
        tryTable = new();
        shared = new() { Number = NewLocal(IlType.Int32), Caught = NewLocal(IlType.Exception), Again = il.NewLabel(), Start = il.NewLabel() };
        resume = NewLocal(IlType.Int32);
        sharedRegion = il.NewRegion(RegionKind.Filter);
        il.Mark(shared.Again);
        il.Emit(ILOpCode.Nop);
        il.Region(sharedRegion, RegionBorder.Try);
        il.LoadLocal(resume);
        // Its targets are known at the end.
        arrivalsSwitch = il.Count;
        il.Switch([]);
        il.Mark(shared.Start);
    }

    private void EndSharedRegion()
    {
        shared.Tries = tryTable.ToString();
        shared.Arrivals = [.. arrivals];
        il.Shared = shared;
        il.Instructions[arrivalsSwitch].Index = il.IndexOf((int[])[shared.Start, .. arrivals]);
        shared.End(il, sharedRegion, new(ContextArgument, () => il.LoadLocal(shared.Number), shared.Caught, null, resume, shared.Again));
    }

    private void AddTry(TryState state)
    {
        if (tries > MaximumTries)
            throw new FunctionTooComplexException($"more than {MaximumTries} tries");
        state.Arrival = shared.Start;
        arrivals.Add(state.Arrival);
        tryTable.Add(NumberOf(state.Around));
    }

    private static int NumberOf(TryState? state) => state?.Number ?? 0;

    /// <summary>From here on exceptions go to a try, or to the caller.</summary>
    private void EnterTry(TryState? state)
    {
        il.Constant(NumberOf(state));
        il.StoreLocal(shared.Number);
    }

    /// <summary>Where the shared region's handler goes on for a try. Its clauses are known now.</summary>
    private void Arrive(TryState state)
    {
        state.Arrival = il.NewLabel();
        arrivals[state.Number - 1] = state.Arrival;
        foreach (var clause in state.Clauses)
            tryTable.AddClause(state.Number, clause.Tag);
        if (tryTable.Clauses > MaximumClauses)
            throw new FunctionTooComplexException($"more than {MaximumClauses} clauses of tries");
        il.Mark(state.Arrival);
        il.LoadLocal(shared.Caught);
        il.StoreLocal(state.Exception);
    }

    /// <summary>A delegate: what its try would catch goes to another one.</summary>
    private void Delegate(TryState state, TryState? target) => tryTable.Delegate(state.Number, NumberOf(target));
}
