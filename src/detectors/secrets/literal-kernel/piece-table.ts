// Made by `npm run kernel` (scripts/literal-pieces.ts).

/** For literals of either case and of exact letters: the pieces of each bucket. */
// biome-ignore format: a line a bucket
export const PIECE_TABLE: readonly (readonly (readonly string[])[])[] = [
  [
    ["2f%2","@es-","@es.","@pro","cnum","curl","et%2","id%3","iv%2","iv%3","iv\\\"","iv\\\\","oks.","ontr","sess","set/"],
    ["%5c%","-ecb","\\/\\/","\\/re","e_ke","ense","jenk","mail","n_ke","nexu","nfir","nflu","unio","unlo"],
    ["%242","%252","%253",".ses","e://","est:","estr","sqls","ssws","t://","ts:/","user"],
    ["<pan","@gat","@git","@pyp","@rep","amex","amqp","cryp","ddap","iden","kty%","kty\\","ldap","md5%"],
    ["@dav","@dev","@doc","@loc","@sen","@son","\\/ec","ekey","elas","esen","lkey","logi","magi","mz-s","plai"],
    ["@sea","@sta","@wik","_gh_","_sdk","acco","aes_","api_","apik","app_","as '","ass%","asse","ault","auth","aws+","gged","jwt_","pswd"],
    ["aes2","airt","basi","card","fast","fern","ftp:","harb","hasl","htpa","invi","laun","mari","mirr","mysq","squi","stri","veri","visa"],
    ["@id.","@int","@pac","@pkg","@web","b_ke","bitb","bkey","bot+","code","cons","couc","cvc","cvv","hmac","hone","pwd","s_ke","sid=","sig","skey","smtp"],
    ["cc_n","clic","db:/","dine","er_k","erke","inge","ken%","kenn","nego","npm."],
    [".asp","//bo","//bu","//ci","//de","//gi","//re","//ro","//se","//sv","//sy","data","iv: ","jira","kiba"],
    ["+%27","-key",".key","1%24","6%24","\\\\/\\","s%20","secr","stgr","y%24"],
    ["@127","@192","iles","iv=0","ivat","mber","mpor","neo4","nkey","pres","prox"],
    ["%3a%","%3as","%40r","%40s","256%","@10.","bear","cdn.","ctor","ect.","egis","est."],
    ["\"000","%3aa","%3cp","%401","%40a","%40g","%40i","%40l","%40p","%40w","'000","//ap","//aw","rack","redi","reds","saml","sdkk","senh","t%3a","wach"],
    ["%245","%24a","%24h","%24p","%254","%25b","%2ba","%2fe","%40b","%40d","%40e","%7bs","%b4","%b5","q%7e","t%20","tkey","toke"],
    ["@api","@app","@bac","@rab","@svc","aaaa","admi","asan","ass:","graf","koa:","mand","mave","mdp","mong","mont","mssq","orac","pan","pass","phps"],
  ],
  [
    ["-us2","-us5","-us6","-us7","-us8","/ECB","k8s-","oks.","ook.","p8e-","pplx","pul-"],
    ["GR13","NRJS","PRIV","Stri","YXdz","_liv","_mmk","_tes","_v1_"],
    ["BBDC","Bot ","PMAK","PMAT","pat-","pat_","pbkd","pcsk","psca","sbp_","sha1","shpc","sq0a","sq0c","sqa_","sqp_"],
    ["EAAC","EAAM","EZAK","EZTK","FLWS","MD5}","dp.c","dp.s","dt0c","dt0s","ess-","even","hvb.","hvr.","hvs.","mzn."],
    ["256~","2BAB","2BAC","2BAE","2BAR","2BAS","2bAB","2bAC","2bAE","2bAR","2bAS","SHA}","TlRM","api_","cfat","cfk_","chat","fo1_"],
    ["4b1d","JQQJ","NRAK","NRII","TT3x","make","md5$"],
    ["+ARm","+ASb","+ASt","cmVm","dG9r","da2-","dckr","figd","fio-","fm1a","fm1r","fm2_","glag","glc_","glcb","glff","glft","glim","gloa","sib-","vca_","vci_","vck_","xai-"],
    ["7Q~","8Q~",":AA","bkua","dapi","ghp_","ghu_","hf_","pk_1","pk_2","pk_3","pk_4","pk_5","pk_6","pk_7","pk_8","pk_9","pnu_","pypi","r8_","tfp_","xapp","xoxa","xoxb","xoxc","xoxd","xoxe","xoxo","xoxp","xoxr","xoxs"],
    ["$2x$","$2y$","$apr","$arg","+ABa","+ACR","+AEh",".atl","cfut","cnvc","disc","ghr_","ghs_","glpt","glrt","glsa","glso","lsv2","nfp_"],
    ["$2a$","$2b$","ATBB","AzFu","HRKU","rdme","tvly","vcp_","vcr_"],
    ["ABSK","ACCA","ACDb","AIza","AKCp","AZDO","AZEG","AzCa","AzSe","CFPA","GOCS","MODE","sgp_","shpp","shps","sntr","squ_","whse"],
    ["$1$","$5$","$6$","$H$","$P$","$y$",".m.p","SG.","dp.a","dp.p","eyJ"],
    ["PuTT","SSWS","SWMT","gho_","gldt","gsk_","key-","kty\"","kty'","ngo-","npm_","ntn_"],
    ["-us1","-us3","-us4","-us9","1//0","AIoT","AQVN","AWS4","EAAA","EY-1","ruby","xwfp"],
    ["9Q~","9d25",":::","oy2","ya29"],
    ["A3-","ABIA","AKIA","APIM","ASIA","CCIP","CLOJ","Cano","IQoJ","sb_s","scry","sk-","v1.0"],
  ],
];
