import onnx,re,sys
H='/work/tmp/onnxops/Sources/ONNX/Import/'
txt=open(H+'Operators/HandlerTable.swift').read()+open(H+'Operators/Activations.swift').read()+open(H+'Operators/ArithmeticNodes.swift').read()+open(H+'Folding/Folding.swift').read()
names=set(re.findall(r'"([A-Z][A-Za-z0-9]+)"',txt))|{'GatherElements','TopK','Einsum','If'}
S={}
for s in onnx.defs.get_all_schemas_with_history():
    if s.domain=='' and s.name in names: S.setdefault(s.name,[]).append(s)
for n in sorted(S):
    v=sorted(S[n],key=lambda s:s.since_version)
    # effective at >=7
    start=max([i for i,s in enumerate(v) if s.since_version<=7],default=0)
    eff=v[start:]
    attrs={}
    for i,s in enumerate(eff):
        lo=max(7,s.since_version); hi=eff[i+1].since_version-1 if i+1<len(eff) else 28
        for a in s.attributes:
            attrs.setdefault(a,[]).append((lo,hi,s.deprecated))
    out=[]
    for a,r in sorted(attrs.items()):
        lo=r[0][0]; hi=r[-1][1]
        for x,y in zip(r,r[1:]): assert x[1]+1==y[0],(n,a,r)
        out.append(a+('' if lo<=max(7,v[0].since_version) else f' >={lo}')+('' if hi==28 else f' <={hi}'))
    print(n,[s.since_version for s in eff],'|',', '.join(out), '| inputs',eff[-1].min_input,eff[-1].max_input,'outs',eff[-1].max_output, 'DEPR' if eff[-1].deprecated else '')
